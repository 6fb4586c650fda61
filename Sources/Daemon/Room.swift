// The room Daemon is furnished by a later commit.
