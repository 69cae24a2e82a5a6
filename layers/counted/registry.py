"""Every count, by the indicator it fills."""

from collections.abc import Mapping

from layers.counted import citizens, fleet, platform, sea
from layers.counted.spec import Count

COUNTS: Mapping[str, Count] = {
    count.code: count for count in (*fleet.COUNTS, *sea.COUNTS, *citizens.COUNTS, *platform.COUNTS)
}
