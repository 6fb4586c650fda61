print("dunningd")
