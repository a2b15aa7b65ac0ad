"""What of Outlook surprises, asked of Outlook's own objects: in each module one part."""
