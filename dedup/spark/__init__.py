"""The stages of dedup over Spark DataFrames: the same matches and groups as one machine, for more articles.

Every stage maps the project's own functions and kernels over Arrow batches; what is here says only who needs
which rows. Needs the extra `dedup[spark]` and Java.
"""
