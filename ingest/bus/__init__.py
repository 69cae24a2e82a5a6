"""What stands between whoever receives and whoever stores: records that are safe on disk before anyone is answered."""
