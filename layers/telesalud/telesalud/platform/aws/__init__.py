"""The ports on AWS; the only place where boto3 and botocore are imported."""
