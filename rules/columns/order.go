package columns

// smallest is how few loops are not worth to be left out.
const smallest = 3

// ordering orders values after their operands. What only one condition's amount
// needs stands together, so that it can be left out where the condition holds
// nowhere in a block: populations are sorted, and few are what a document is for.
type ordering struct {
	*plan
	refs []int
	seen []bool
	list []int32 // values; the complement of one stands where what it needs begins
}

// order is the order of what is wanted.
func (p *plan) order(wanted []int32) []int32 {
	o := &ordering{plan: p, refs: make([]int, len(p.values)), seen: make([]bool, len(p.values))}
	for _, i := range wanted {
		o.count(i)
		o.refs[i]++ // read by others as well
	}
	for _, i := range wanted {
		o.visit(i)
	}
	return o.list
}

func (o *ordering) count(i int32) {
	if o.refs[i]++; o.refs[i] > 1 {
		return
	}
	for _, x := range o.reads(i) {
		o.count(x)
	}
}

func (o *ordering) visit(i int32) {
	if o.seen[i] {
		return
	}
	o.seen[i] = true
	if v := o.at(i); v.op == opMask {
		if own := o.own(v.b); len(own) >= smallest {
			o.visit(v.a)
			inside := map[int32]bool{}
			for _, x := range own {
				inside[x] = true
			}
			for _, x := range own {
				for _, y := range o.reads(x) {
					if !inside[y] {
						o.visit(y)
					}
				}
			}
			o.list = append(o.list, ^i)
		}
	}
	for _, x := range o.reads(i) {
		o.visit(x)
	}
	o.list = append(o.list, i)
}

// own is the values nobody needs but for one that is read once, that one first.
func (o *ordering) own(x int32) (list []int32) {
	var less func(i int32)
	less = func(i int32) {
		if o.refs[i]--; o.refs[i] == 0 && o.values[i].op != opConst {
			list = append(list, i)
			for _, y := range o.reads(i) {
				less(y)
			}
		}
	}
	less(x)
	o.refs[x]++
	for _, i := range list {
		for _, y := range o.reads(i) {
			o.refs[y]++
		}
	}
	return list
}
