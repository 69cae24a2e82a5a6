"""Records of clinics and hospitals (GIAMDINHHS), counted per facility and day; who the patients are never enters."""
