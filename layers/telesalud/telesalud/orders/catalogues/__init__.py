"""What may be prescribed and ordered: releases of an institution's catalogues."""
