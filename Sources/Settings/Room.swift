// The room Settings is furnished by a later commit.
