// The room TOML is furnished by a later commit.
