"""What the documents hold as a whole: counts, timelines, records about one entity, differences between two dates."""
