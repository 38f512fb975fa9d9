package kernel

// Groups adds up entries by key, and keeps its memory for the next time.
type Groups struct {
	list []group
	keys map[int64]int
}

// group is entries with one key.
type group struct{ sum, most, room int64 }

// Run adds up, for each element, the greatest value of each key, or, given room,
// the sum of each key within the room of the first entry of the key. Entries of
// element i are those from seg[i] on, counted from base.
func (g *Groups) Run(d, x, key, room []int64, seg []uint32, base uint32) {
	for i := range d {
		from, to := seg[i]-base, seg[i+1]-base
		switch {
		case from == to:
			d[i] = 0
		case to-from > 1:
			d[i] = g.one(x[from:to], key[from:to], part(room, from, to))
		case room != nil:
			d[i] = min(x[from], room[from])
		default:
			d[i] = x[from]
		}
	}
}

func part(x []int64, from, to uint32) []int64 {
	if x == nil {
		return nil
	}
	return x[from:to]
}

// one adds up the entries of one element.
func (g *Groups) one(x, key, room []int64) (sum int64) {
	if g.keys == nil {
		g.keys = map[int64]int{}
	}
	g.list = g.list[:0]
	clear(g.keys)
	for k, v := range x {
		n, ok := g.keys[key[k]]
		if ok {
			o := &g.list[n]
			o.sum, o.most = o.sum+v, max(o.most, v)
			continue
		}
		g.keys[key[k]] = len(g.list)
		o := group{sum: v, most: v}
		if room != nil {
			o.room = room[k]
		}
		g.list = append(g.list, o)
	}
	for _, o := range g.list {
		if room != nil {
			sum += min(o.sum, o.room)
		} else {
			sum += o.most
		}
	}
	return sum
}
