// The room Receivables is furnished by a later commit.
