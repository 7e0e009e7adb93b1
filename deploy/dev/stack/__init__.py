"""The servers that tests need, on free ports and in a folder of their own. Standard library only."""
