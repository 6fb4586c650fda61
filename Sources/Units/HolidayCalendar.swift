package struct HolidayCalendar: Sendable {}
