// The room Journal is furnished by a later commit.
