"""Telehealth: calls, recording and transcription."""
