import Commands

Dunningd.start()
