"""Messages of the provincial axis: edXML envelopes and VXP messages, and the reports that travel in them."""
