"""The benchmarks of nextframe, each beside its baseline in the same run. See __main__.py."""
