import Commands

Dunningd.main()
