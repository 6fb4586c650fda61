// The room Commands is furnished by a later commit.
