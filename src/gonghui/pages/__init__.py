"""What every page is made of: the words of numbers and dates, icons, template tags, and the one list component.

Apps and kernel parts build their views from here; of the kernel it knows only modules without tables.
"""
