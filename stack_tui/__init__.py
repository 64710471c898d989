"""Is this model any good? Benchmarks and your own cases, live, from one terminal."""

__version__ = "0.1.0"
