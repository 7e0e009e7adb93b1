"""A video -> a report of who wore no mask, when.

    index   packets, their times and keyframes, without decoding       tracker   faces of frames -> people
    plan    which frames to look at, which packets that takes          votes     a person's sightings -> one label
    frames  those frames, decoded                                      segments  when somebody wore none, or wrongly
    looking frames -> faces, a few in flight                           report    the values; answer and page show it
    moderate all of it, in order                                       runs      several of them at once, bounded

Nobody is recognised: people are told apart by place and time alone, within one video, and nothing of them is kept.
"""
