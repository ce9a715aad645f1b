"""From a text to the errors of AWS in it: a paste is cleaned, its sentences are found, a denial is taken apart.

To compile the patterns takes longer than to decide a case, and most cases bring no error: so these modules are imported
where there is one.
"""
