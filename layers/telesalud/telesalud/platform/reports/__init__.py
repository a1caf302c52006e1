"""Reports: tables over a span of days, made by a background job and downloaded as CSV or PDF."""
