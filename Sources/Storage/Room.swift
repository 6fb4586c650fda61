// The room Storage is furnished by a later commit.
