"""One module per file format, and what they share: decoding, blocks and tables, archives, rejections."""
