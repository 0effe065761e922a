"""A region's windows as a calendar that phones subscribe to, and as a page inside WeChat, which opens no calendars."""
