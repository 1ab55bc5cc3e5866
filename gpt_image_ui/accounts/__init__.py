"""Who a person is: accounts, guests and login sessions."""
