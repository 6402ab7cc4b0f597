use std::time::Instant;
fn main() {
    let root = std::path::PathBuf::from(std::env::args().nth(1).unwrap());
    let mut memory = site_gen::memory::Memory::default();
    let post = root.join("content/news/bericht-000500.md");
    let text = std::fs::read_to_string(&post).unwrap();
    for i in 0..30 {
        std::fs::write(&post, text.replacen("title = \"", &format!("title = \"x{i} "), 1)).unwrap();
        let s = Instant::now();
        let w = site_gen::publication::Wanted::public(jiff::Timestamp::now());
        let b = site_gen::rebuild(&root, &root.join("dist"), w, &mut memory).unwrap();
        println!("{:?} {:?}", s.elapsed(), b.written);
    }
    std::fs::write(&post, text).unwrap();
}
