"""Foreign protocols that this server speaks, one file each: drop-in answers for services that people lost.

All of them ask by model_api/ask.py: the same admission, limits, bounded queue and models as POST /v1/predict. Only the
shapes differ, of the answers and of the errors.
"""
