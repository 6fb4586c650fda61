// The room Letters is furnished by a later commit.
