// The room Ledger is furnished by a later commit.
