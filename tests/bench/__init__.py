"""The measurements behind `maskwatch bench`; no tests, and collected by nobody.

A benchmark is a module with `def bench(options: BenchOptions) -> Report` and a row in maskwatch/cli/bench.py.
"""
