"""From Notices to the bytes of a mail: what it says, in which words, in which form, under which headers."""
