"""Made-up plans for demonstrations, tests and benchmarks: the same for the same seed, anywhere."""

from iepbridge.sample.plans import sample_plans
from iepbridge.sample.writing import write_samples

__all__ = ["sample_plans", "write_samples"]
