"""The two-way mapping: one declaration a system, compiled to code that writes and reads."""
