"""Who a person is: identity documents, record numbers, names, birth dates, likely duplicates."""
