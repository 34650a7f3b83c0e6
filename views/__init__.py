"""HTTP: addresses, forms in, pages and fragments out."""
