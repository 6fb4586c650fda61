// The room Delivery is furnished by a later commit.
