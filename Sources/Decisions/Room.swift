// The room Decisions is furnished by a later commit.
