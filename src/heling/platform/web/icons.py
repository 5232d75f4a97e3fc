"""Line icons, drawn here on a 24 × 24 grid. They decorate text and never replace it."""

from __future__ import annotations

ICONS: dict[str, str] = {
    "phone": '<path d="M6 3h3l2 5-2.5 1.5a12 12 0 0 0 6 6L16 13l5 2v3a3 3 0 0 1-3 3A15 15 0 0 1 3 6a3 3 0 0 1 3-3z"/>',
    "check": '<path d="M4 13l5 5L20 6"/>',
    "cross": '<path d="M6 6l12 12M18 6L6 18"/>',
    "question": '<circle cx="12" cy="12" r="9"/><path d="M9.5 9.5a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.1.9-1.1 1.8M12 17h.01"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v6M12 7.5h.01"/>',
    "alert": '<path d="M12 3.5L2.5 20.5h19zM12 10v5M12 17.7h.01"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="M15.5 15.5L21 21"/>',
    "menu": '<path d="M4 6h16M4 12h16M4 18h16"/>',
    "print": '<path d="M7 8V3h10v5M7 17H4V9h16v8h-3M7 14h10v7H7z"/>',
    "download": '<path d="M12 3v12M7 10.5l5 5 5-5M4 20h16"/>',
    "upload": '<path d="M12 16V4M7 8.5l5-5 5 5M4 20h16"/>',
    "user": '<circle cx="12" cy="8" r="4"/><path d="M4 21c.6-4.5 4-6.5 8-6.5s7.4 2 8 6.5"/>',
    "home": '<path d="M3 11.5L12 4l9 7.5M5.5 10v10h13V10"/>',
    "paper": '<path d="M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6"/>',
    "heart": '<path d="M12 20.5C5 15.5 3 12 3 9a4.5 4.5 0 0 1 9-1 4.5 4.5 0 0 1 9 1c0 3-2 6.5-9 11.5z"/>',
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3.5 2"/>',
    "gift": '<path d="M4 11h16v10H4zM3 7h18v4H3zM12 7v14M12 7C8 7 6.5 5.500 7.500 4S11 3.500 12 7zM12 7c4 0 5.500-1.500 4.500-3S13 3.500 12 7z"/>',
    "eye": '<path d="M2.500 12C5 7.500 8.500 5.500 12 5.500s7 2 9.500 6.500c-2.500 4.500-6 6.500-9.500 6.500S5 16.500 2.500 12z"/><circle cx="12" cy="12" r="2.800"/>',
    "back": '<path d="M20 12H5M11 6l-6 6 6 6"/>',
    "right": '<path d="M9 5l7 7-7 7"/>',
    "filter": '<path d="M3 5h18l-7 8v6l-4 2v-8z"/>',
    "columns": '<path d="M4 4h16v16H4zM9.500 4v16M15 4v16"/>',
    "star": '<path d="M12 3l2.700 5.800 6.300.8-4.600 4.400 1.200 6.300L12 17.200l-5.600 3.100 1.200-6.300L3 9.600l6.300-.8z"/>',
    "place": '<path d="M12 21.500c5-5.500 7-8.500 7-11.800a7 7 0 0 0-14 0c0 3.300 2 6.300 7 11.800z"/><circle cx="12" cy="9.700" r="2.500"/>',
    "exit": '<path d="M14 4H5v16h9M10 12h11M17 8l4 4-4 4"/>',
    "up": '<path d="M12 19V6M6.500 11.500L12 6l5.500 5.500"/>',
    "down": '<path d="M12 5v13M6.500 12.500L12 18l5.500-5.500"/>',
    "family": '<circle cx="8" cy="7.500" r="3.300"/><path d="M2 20c.4-4.500 2.600-6.500 6-6.500s5.600 2 6 6.500"/><circle cx="17.500" cy="10" r="2.500"/><path d="M16.500 14.700c3 0 5 1.600 5.500 5.300"/>',
}
