// The room Intake is furnished by a later commit.
