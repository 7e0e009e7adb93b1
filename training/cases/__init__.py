"""Hard cases, tagged by eye: file names, annotation ids and words. `training.dataset.cases` reads them."""
