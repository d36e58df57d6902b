"""The product under a virtual clock: what `guanjia simulate` and the scenario tests play."""
