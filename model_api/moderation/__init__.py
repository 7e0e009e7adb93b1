"""A video -> a report of who wore no mask, when.

    runs       several videos at once, bounded
    moderate   one of them: everything below, in order
    index      its packets, their times and keyframes, without decoding one
    plan       which frames to look at, and which packets that takes
    frames     those frames, decoded
    looking    frames -> faces, a few in the models' queue
    notes      what is remembered of each: tracker tells people apart, portraits cuts their pictures
    conclude   people, by votes of their sightings; segments of each and of the video
    moment     the worst frame
    report     the values; answer shows them as JSON, page as HTML

Nobody is recognised: people are told apart by place and time alone, within one video, and nothing of them is kept.
"""
