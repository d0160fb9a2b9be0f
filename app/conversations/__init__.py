"""Conversations that are kept for those who had them, what they say of the answers, and both as documents."""
