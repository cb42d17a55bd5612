"""Bytes to trees and rows, and back: no codec knows a system, a mapping or a plan."""
