"""Diagnosis: what `notifier doctor` looks at. It changes nothing, mails nobody, and says of each thing what to do."""
