"""Property tests draw the same examples in every run, so that a run that passed passes again.

``pytest --hypothesis-profile=search`` draws new ones, to look for a case that fails.
"""

from hypothesis import settings

settings.register_profile("reproducible", derandomize=True, deadline=None)
settings.register_profile("search", deadline=None)
settings.load_profile("reproducible")
