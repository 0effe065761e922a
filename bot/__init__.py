"""A 公众号 assistant for candidates of the 执业医师资格考试."""
